// spans.mjs - the edits that the studio's form makes of a policy's text, upon places that the service tells: what they should change changes, not another byte does, and the result has no errors. Every part of the
// shipped policy put back as it is leaves the text as it was.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, checked } from './browser.mjs';
import { Service } from './service.mjs';

const source = process.env.SOURCE_DIR, folder = mkdtempSync(join(tmpdir(), 'duanka-spans-')), data = join(folder, 'd');
execFileSync(join(source, 'web/node_modules/.bin/esbuild'), [join(source, 'web/src/pages/studio/spans.ts'), '--bundle', '--format=esm', `--outfile=${join(folder, 'spans.mjs')}`, '--log-level=error']);
const form = await import(join(folder, 'spans.mjs'));
const key = execFileSync(process.env.DUANKA, ['keys', 'add', '--data', data, '--tenant', 'police', '--scopes', 'policies'], { encoding: 'utf8' }).trim();
writeFileSync(join(folder, 'token.key'), Buffer.alloc(16, 7), { mode: 0o600 });
const service = new Service('--data', data, '--policy', join(source, 'policy'), '--key', join(folder, 'token.key'));
await service.start();
const schema = { path: '00.dk', text: readFileSync(join(source, 'policy/00-schema.dk'), 'utf8') };

async function becomes(what, text, change, wanted) {
	const { declarations } = await service.ask(key, 'policies/outline', { files: [{ path: 'a.dk', text }] });
	const now = form.edited(text, change(declarations[0], text));
	check(now === wanted, what, now);
	const verdict = await service.ask(key, 'policies/validate', { files: [schema, { path: 'a.dk', text: now }] });
	check(verdict.ok, `${what}: has errors`, verdict);
}
const rule = 'rule a on call about caller # 中文\n  when talk > 1h # long\n   and caller.kind = "mobile"\n  then alert red, score 30\n  every 1d source "中" because "{talk}"\n';
const loose = 'rule a on call about caller when talk > 1h or talk < 2s then alert red because "x"\n';
const both = rule.replace('because "{talk}"', 'because en "e" zh "理由"');
await becomes('a mode where none stood', rule, (d) => form.setMode(d, 'shadow'), rule.replace('rule a on', 'rule a shadow on'));
await becomes('a condition with or among others', rule, (d) => form.setCondition(d, 0, 'talk > 1h or talk < 2s'), rule.replace('talk > 1h #', '(talk > 1h or talk < 2s) #'));
await becomes('one condition more', rule, (d) => form.addCondition(d, 'talk < 9h'), rule.replace('"mobile"', '"mobile"\n   and talk < 9h'));
await becomes('one more beside an or', loose, (d) => form.addCondition(d, 'talk < 9h'), loose.replace('talk > 1h or talk < 2s', '(talk > 1h or talk < 2s)\n   and talk < 9h'));
await becomes('without the first condition', rule, (d) => form.removeCondition(d, 0), rule.replace('talk > 1h # long\n   and ', ''));
await becomes('without the last condition', rule, (d) => form.removeCondition(d, 1), rule.replace(' # long\n   and caller.kind = "mobile"', ''));
await becomes('the only condition stays', loose, (d) => form.removeCondition(d, 0), loose);
await becomes('without an action', rule, (d) => form.removeAction(d, 1), rule.replace(', score 30', ''));
await becomes('a measure more', rule, (d) => form.addAction(d, 'propose delay(caller, 24h) basis "法"'), rule.replace('score 30', 'score 30,\n       propose delay(caller, 24h) basis "法"'));
await becomes('a clause taken away', rule, (d, text) => form.setClause(d, 'every', '', text), rule.replace('\n  every 1d', ''));
await becomes('another clause on the same line', rule, (d, text) => form.setClause(d, 'source', '', text), rule.replace(' source "中"', ''));
await becomes('a clause where none stood', rule, (d, text) => form.setClause(d, 'scam', '"police"', text), rule.replace('score 30', 'score 30\n  scam "police"'));
await becomes('a second language', rule, (d, text) => form.setReason(d, 'zh', '"理由"', text), rule.replace('because "{talk}"', 'because en "{talk}"\n          zh "理由"'));
await becomes('without Chinese', both, (d, text) => form.setReason(d, 'zh', '', text), both.replace(' zh "理由"', ''));
await becomes('without English', both, (d, text) => form.setReason(d, 'en', '', text), both.replace(' en "e" zh', '  zh'));
await becomes('the only reason stays', rule, (d, text) => form.setReason(d, 'en', '', text), rule);
for (const text of ['a"b\\n\n\tc', '\\', '"', '中{x}']) check(form.unquoted(form.quoted(text)) === text, 'quotes', text);

const { files } = await service.ask(key, 'policies/current');
for (const d of (await service.ask(key, 'policies/outline', { files })).declarations) {
	const { text } = files.find((f) => f.path === d.file);
	check(form.edited(text, d.parts) === text, `put back: ${d.file} ${d.kind} ${d.name}`);
}
await service.stop();
rmSync(folder, { recursive: true, force: true });
console.log(`${checked()} checks`);
