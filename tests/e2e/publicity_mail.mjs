// publicity_mail.mjs FILE - a mail server that takes everything and writes what it is told into FILE. Prints its port.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:net';

const server = createServer((socket) => {
	let inside = false;
	let rest = '';
	socket.write('220 here\r\n');
	socket.on('error', () => {});
	socket.on('data', (chunk) => {
		const lines = (rest + chunk).split('\r\n');
		rest = lines.pop();
		for (const line of lines) {
			appendFileSync(process.argv[2], `${line}\n`);
			if (inside && line !== '.') continue;
			if (inside) {
				inside = false;
				socket.write('250 taken\r\n');
			} else if (line === 'DATA') {
				inside = true;
				socket.write('354 go on\r\n');
			} else if (line === 'QUIT') {
				socket.end('221 bye\r\n');
			} else {
				socket.write('250 fine\r\n');
			}
		}
	});
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
