// What leaves the server, for fast-json-stringify.

const text = { type: "string" };
const textOrNull = { type: "string", nullable: true };
const number = { type: "integer" };
const numberOrNull = { type: "integer", nullable: true };
const bool = { type: "boolean" };
const dateOrNull = { type: "string", format: "date", nullable: true };
const listOf = (items) => ({ type: "array", items });
const object = (properties) => ({ type: "object", properties });
const orNull = (schema) => ({ ...schema, nullable: true });

const limit = orNull(object({ value: number, unit: text }));
const links = listOf(object({ code: text, title: text }));
const way = object({
  channel: text,
  time: limit,
  time_text: textOrNull,
  fees: listOf(object({ amount: number, basis: textOrNull })),
  fee_text: textOrNull,
});
const paper = object({
  name: text,
  forms: listOf(text),
  originals: numberOrNull,
  copies: numberOrNull,
  advice: bool,
});

export const summary = object({
  code: text,
  title: text,
  field: textOrNull,
  levels: listOf(text),
  audiences: listOf(text),
  agencies: listOf(text),
  online: bool,
  time: limit,
  fee: numberOrNull,
  in_force: bool,
  replaced_by: listOf(text),
});

export const page = object({ items: listOf(summary), next_cursor: textOrNull, question: { type: "null" } });

export const procedure = object({
  code: text,
  title: text,
  title_is_official: bool,
  field: textOrNull,
  levels: listOf(text),
  audiences: listOf(text),
  agencies: listOf(text),
  decision: textOrNull,
  channels: listOf(way),
  time: limit,
  fee: numberOrNull,
  cases: listOf(object({ name: textOrNull, situation: bool, papers: listOf(paper) })),
  steps: listOf(text),
  conditions: textOrNull,
  results: listOf(object({ name: text, code: textOrNull })),
  legal_basis: listOf(object({ title: text, number: textOrNull })),
  notes: listOf(text),
  fee_note: textOrNull,
  aliases: listOf(text),
  flags: listOf(text),
  in_force: bool,
  valid_from: dateOrNull,
  valid_to: dateOrNull,
  replaced_by: links,
  replaces: links,
  related: links,
  family: orNull(object({ name: text, members: links })),
  portal_url: textOrNull,
  revision: number,
  updated_at: { type: "string", format: "date-time" },
});
