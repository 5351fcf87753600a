// tls_front.mjs LISTEN-PORT CERTIFICATE KEY UPSTREAM-PORT READY-FILE - an institution's door: TLS outside, plain inside, on 127.0.0.1 only. Simulated institutions speak plain HTTP.
import { connect } from 'node:net';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:tls';
const [port, cert, key, upstream, ready] = process.argv.slice(2);
const server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (outside) => {
	const inside = connect(Number(upstream), '127.0.0.1');
	for (const [a, b] of [[outside, inside], [inside, outside]]) a.on('error', () => b.destroy()).pipe(b);
});
server.on('tlsClientError', () => {}); // whoever does not trust this certificate goes away
server.listen(Number(port), '127.0.0.1', () => {
	writeFileSync(`${ready}.new`, `${server.address().port}\n`);
	renameSync(`${ready}.new`, ready);
});
