// `send.js COUNT CONCURRENCY`: npm's web-push with keep-alive. Subscriptions are in memory: it pays for no database.
import { readFileSync } from "node:fs";
import https from "node:https";
import webpush from "web-push";

const [count, concurrency] = process.argv.slice(2).map(Number);
const { subscriptions, text, publicKey, privateKey } = JSON.parse(readFileSync(0));
const agent = new https.Agent({ keepAlive: true, maxSockets: concurrency });
const options = {
  agent,
  TTL: 3600,
  urgency: "high",
  topic: "test",
  vapidDetails: { subject: "mailto:it@example.org", publicKey, privateKey },
};

let next = 0;
async function work() {
  while (next < count) await webpush.sendNotification(subscriptions[next++ % subscriptions.length], text, options);
}

const began = performance.now();
const used = process.cpuUsage();
await Promise.all(Array.from({ length: concurrency }, work));
const { user, system } = process.cpuUsage(used);
console.log(JSON.stringify({ count, seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 }));
process.exit(0);
