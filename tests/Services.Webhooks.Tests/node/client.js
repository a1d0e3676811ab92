// Calls a webhook as Twilio does, signed by Twilio's own library.
// node client.js '{"address", "publicUrl", "target", "token", "params"}' prints '{"status", "type", "body"}'
const { getExpectedTwilioSignature } = require("twilio/lib/webhooks/webhooks");

async function main({ address, publicUrl, target, token, params }) {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    [value].flat().forEach((one) => form.append(name, one));
  }

  const answer = await fetch(address + target, {
    method: "POST",
    headers: { "X-Twilio-Signature": getExpectedTwilioSignature(token, publicUrl + target, params) },
    body: form,
  });
  console.log(JSON.stringify({
    status: answer.status,
    type: answer.headers.get("content-type"),
    body: await answer.text(),
  }));
}

main(JSON.parse(process.argv[2]));
