// The official client, unchanged but for where it calls, against a running emulator. Prints what it has checked.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import twilio from "twilio";

const [base, accountSid, authToken, sender, phone, contentSid] = process.argv.slice(2);

class Elsewhere extends twilio.RequestClient {
  request(options) {
    return super.request({ ...options, uri: options.uri.replace(/^https:\/\/(api|content)\.twilio\.com/, base) });
  }
}

const client = twilio(accountSid, authToken, { httpClient: new Elsewhere() });
const to = `whatsapp:${phone}`;

async function control(method, path, body) {
  const response = await fetch(base + path, {
    method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
}

const calls = [];
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) {
    body += chunk;
  }
  const form = Object.fromEntries(new URLSearchParams(body));
  const url = `http://127.0.0.1:${server.address().port}${request.url}`;
  calls.push({ form, valid: twilio.validateRequest(authToken, request.headers["x-twilio-signature"], url, form) });
  response.writeHead(204).end();
  server.emit("called");
}).listen(0, "127.0.0.1");
await once(server, "listening");
const callback = `http://127.0.0.1:${server.address().port}/status?m=1&a=2#rc=2&rp=all`;

await control("PUT", `/phones/${phone}`, { joined: true, behaviour: "reads" });

const checks = {
  async "creates a text and a template, and fetches them"() {
    const body = "Où ça ? 1 + 1 = 2 & 👍";
    const text = await client.messages.create({ to, from: sender, body, statusCallback: callback });
    assert.equal(text.status, "queued");
    assert.equal(text.direction, "outbound-api");
    assert.ok(text.dateCreated instanceof Date && !Number.isNaN(text.dateCreated.getTime()));
    const template = await client.messages.create({
      to, from: sender, contentSid, statusCallback: callback,
      contentVariables: JSON.stringify({ 1: "12 mars", 2: "15 h" }),
    });
    assert.match(template.body, /12 mars.*15 h/u);
    const fetched = await client.messages(text.sid).fetch();
    assert.equal(fetched.sid, text.sid);
    assert.equal(fetched.body, body);
    assert.equal(fetched.numSegments, "1");
  },
  async "gets callbacks that validateRequest accepts"() {
    while (calls.length < 6) {
      await once(server, "called", { signal: AbortSignal.timeout(20_000) });
    }
    assert.deepEqual([...new Set(calls.map(call => call.form.MessageStatus))].sort(), ["delivered", "read", "sent"]);
    assert.ok(calls.every(call => call.valid));
  },
  async "lists by recipient and date, page by page"() {
    for (let i = 0; i < 5; i++) {
      await client.messages.create({ to, from: sender, body: `page ${i}` });
    }
    const all = await client.messages.list({ to, from: sender, pageSize: 2 });
    assert.equal(all.length, 7);
    assert.equal(new Set(all.map(message => message.sid)).size, 7);
    assert.equal(all[0].body, "page 4");
    const page = await client.messages.page({ to, pageSize: 3 });
    const second = await page.nextPage();
    assert.equal((await second.previousPage()).instances[0].sid, page.instances[0].sid);
    const [day] = await client.messages.list({ dateSentAfter: new Date("2020-01-01"), to, limit: 1 });
    assert.equal(day.to, to);
    assert.deepEqual(await client.messages.list({ dateSentBefore: new Date("2020-01-01") }), []);
  },
  async "reads templates and their approval"() {
    const contents = await client.content.v1.contents.list({ pageSize: 2 });
    assert.equal(contents.length, 3);
    const content = await client.content.v1.contents(contentSid).fetch();
    assert.equal(content.language, "en");
    assert.ok(content.dateCreated instanceof Date && !Number.isNaN(content.dateCreated.getTime()));
    assert.ok(content.types["twilio/text"].body.includes("{{1}}"));
    const approval = await client.content.v1.contents(contentSid).approvalFetch().fetch();
    assert.equal(approval.whatsapp.status, "approved");
    const withApprovals = await client.content.v1.contentAndApprovals.list();
    assert.ok(withApprovals.every(item => item.approvalRequests.status === "approved"));
  },
  async "creates a template and sends it"() {
    const created = await client.content.v1.contents.create({
      friendlyName: "merci", language: "fr", variables: { 1: "Zoé" },
      types: { "twilio/text": { body: "Merci {{1}} !" } },
    });
    await client.content.v1.contents(created.sid).approvalCreate.create({ name: "merci", category: "UTILITY" });
    const message = await client.messages.create({ to, from: sender, contentSid: created.sid });
    assert.equal(message.body, "Merci Zoé !");
    assert.equal(await client.content.v1.contents(created.sid).remove(), true);
  },
  async "understands the errors"() {
    await assert.rejects(client.messages.create({ to: "whatsapp:+0", from: sender, body: "a" }), error => {
      assert.ok(error instanceof twilio.RestException);
      assert.deepEqual([error.status, error.code], [400, 21211]);
      assert.equal(error.moreInfo, "https://www.twilio.com/docs/errors/21211");
      return true;
    });
    await assert.rejects(client.messages("SM" + "0".repeat(32)).fetch(), { status: 404, code: 20404 });
    const stranger = twilio(accountSid, "wrong", { httpClient: new Elsewhere() });
    await assert.rejects(stranger.messages.list(), { status: 401, code: 20003 });
    await control("PUT", "/scenario", { next: [{ fault: "tooManyRequests" }] });
    await assert.rejects(client.messages.create({ to, from: sender, body: "a" }), { status: 429, code: 20429 });
  },
  async "redacts and deletes"() {
    const [message] = await client.messages.list({ to, limit: 1 });
    const deadline = AbortSignal.timeout(20_000);
    while ((await client.messages(message.sid).fetch()).status === "queued") {
      deadline.throwIfAborted();
    }
    assert.equal((await client.messages(message.sid).update({ body: "" })).body, "");
    assert.equal(await client.messages(message.sid).remove(), true);
  },
};

for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
  } catch (error) {
    console.error(`The official client ${name}: failed\n`, error);
    process.exit(1);
  }
  console.log(name);
}
server.close();
process.exit(0);
