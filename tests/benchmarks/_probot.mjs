// Probot behind Node's own server, on loopback, with one handler that does nothing. Arguments: the folder where it is
// installed, and the secret of the webhook. Prints the port. Nothing is logged, which would cost it time.

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";

const [, , home, secret] = process.argv;
const { Probot, createNodeMiddleware } = await import(pathToFileURL(`${home}/node_modules/probot/lib/index.js`));
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = privateKey.export({ type: "pkcs1", format: "pem" });
const probot = new Probot({ appId: 1, privateKey: pem, secret, logLevel: "fatal" });
const middleware = await createNodeMiddleware((app) => app.on("issue_comment", () => {}), {
  probot,
  webhooksPath: "/hooks/github",
});
const server = createServer((request, response) => middleware(request, response, () => response.writeHead(404).end()));
server.listen({ host: "127.0.0.1", port: 0, backlog: 256 }, () => console.log(server.address().port));
