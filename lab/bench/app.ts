// An app that protects nothing itself, in a process of its own: the least that could stand behind the gate.
import { createServer } from 'node:http'

const answer = JSON.stringify({ id: 1, email: '1@example.com', two_factor: true })
const server = createServer((_, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': answer.length }).end(answer)
})
server.listen(0, '127.0.0.1', () => process.send?.(server.address()))
