// The peer (b): Fastify and pg, replies serialised by their schemas, statements prepared once per connection.

import Fastify from "fastify";
import pg from "pg";
import { page, procedure, summary } from "./schemas.js";

const pool = new pg.Pool({ max: 16 });
const app = Fastify();

const columns = Object.keys(procedure.properties).join(", ");
const inAList = Object.keys(summary.properties)
  .map((name) => (name === "replaced_by" ? "successors AS replaced_by" : name))
  .join(", ");

const text = { type: "string", maxLength: 200 };
const query = {
  type: "object",
  properties: {
    field: text,
    audience: text,
    level: { type: "string", enum: ["central", "province", "commune"] },
    agency: text,
    limit: { type: "integer", minimum: 1, maximum: 100, default: 20 },
    cursor: text,
  },
};

const wheres = {
  field: (at) => `field = $${at}`,
  audience: (at) => `$${at} = ANY (audiences)`,
  level: (at) => `$${at} = ANY (levels)`,
  agency: (at) => `$${at} = ANY (agencies)`,
  cursor: (at) => `rank > (SELECT rank FROM bench_procedure WHERE code = $${at})`,
};

app.get("/api/catalogue/procedures", { schema: { querystring: query, response: { 200: page } } }, async (request) => {
  const { limit, cursor, ...asked } = request.query;
  if (cursor !== undefined) asked.cursor = Buffer.from(cursor, "base64url").toString();
  const names = Object.keys(asked);
  const where = names.length ? `WHERE ${names.map((name, at) => wheres[name](at + 2)).join(" AND ")}` : "";
  const { rows } = await pool.query({
    name: `list-${names.join("-")}`,
    text: `SELECT ${inAList} FROM bench_procedure ${where} ORDER BY rank LIMIT $1`,
    values: [limit + 1, ...Object.values(asked)],
  });
  const more = rows.length > limit;
  if (more) rows.length = limit;
  const next_cursor = more ? Buffer.from(rows[limit - 1].code).toString("base64url") : null;
  return { items: rows, next_cursor, question: null };
});

app.get("/api/catalogue/procedures/:code", { schema: { response: { 200: procedure } } }, async (request, reply) => {
  const { rows } = await pool.query({
    name: "one",
    text: `SELECT ${columns} FROM bench_procedure WHERE code = $1`,
    values: [request.params.code],
  });
  return rows[0] ?? reply.code(404).send();
});

await app.listen({ host: "127.0.0.1", port: Number(process.env.PORT) });
