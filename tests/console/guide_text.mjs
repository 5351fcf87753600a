// guide_text.mjs - the user guide's texts (doc/guide/LANGUAGE/ROLE.md): read, checked, and made into pages. A picture of a text names who sees it and where:
//
//   ![Open warnings](pictures/seat.png "dissuasion /seat")          a login of city.mjs and the address behind #; `phone` behind it for a small screen
//   ![Check a number](pictures/check.png "- /check phone")          nobody is logged in: a public page, behind /zh or /en
//
// The texts use headings, paragraphs, lists, tables, bold, code, links and pictures, one line each, and nothing else of Markdown.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const languages = ['zh', 'en'];
export const roles = ['analyst', 'leader', 'dissuasion', 'intake', 'stop', 'station', 'bank', 'operator', 'outlet', 'editor', 'trainer', 'delegate', 'moderator', 'auditor', 'discipline', 'appeals', 'administrator', 'citizen'];
const PICTURE = /!\[([^\]]+)\]\(pictures\/([a-z0-9-]+)\.png "(\S+) (\/\S*)( phone)?"\)/g;

export function read(folder) { // by language, by role: { text, pictures, title, steps }
	return Object.fromEntries(languages.map((language) => [language, Object.fromEntries(readdirSync(join(folder, language)).sort().map((file) => {
		const text = readFileSync(join(folder, language, file), 'utf8');
		const pictures = [...text.matchAll(PICTURE)].map(([, what, name, login, path, phone]) => ({ what, name, login, path, size: phone === undefined ? 'desk' : 'phone' }));
		return [file.replace(/\.md$/, ''), { text, pictures, title: /^# (.+)/.exec(text)?.[1], steps: text.match(/^\d+\. /gm)?.length ?? 0, images: text.match(/!\[/g)?.length ?? 0 }];
	}))]));
}
/** What is wrong with the texts, in words; `logins` and `routes` are those that there are. */
export function wrong(guide, logins, routes) {
	const found = [];
	const say = (ok, what) => { if (!ok) found.push(what); };
	const seen = (page) => JSON.stringify(page.pictures.map(({ name, login, path, size }) => [name, login, path, size]));
	for (const language of languages) {
		say(Object.keys(guide[language]).sort().join() === [...roles].sort().join(), `${language}: other pages than roles: ${Object.keys(guide[language])}`);
		for (const [role, page] of Object.entries(guide[language])) {
			const at = `${language}/${role}.md`;
			say(page.title !== undefined, `${at}: no title in the first line`);
			say(page.steps >= 3, `${at}: a day's work has at least three steps`);
			say(page.pictures.length > 0 && page.images === page.pictures.length, `${at}: a picture is missing, or does not say who sees it and where`);
			for (const p of page.pictures) {
				say(p.login === '-' || logins.includes(p.login), `${at}: nobody is called ${p.login}`);
				say(p.login === '-' || routes.some((r) => p.path === r || p.path.startsWith(`${r}/`)), `${at}: no page ${p.path}`);
			}
		}
	}
	for (const role of roles.filter((r) => guide.zh[r] !== undefined && guide.en[r] !== undefined)) {
		say(seen(guide.zh[role]) === seen(guide.en[role]), `${role}: the languages have other pictures`);
		say(guide.zh[role].steps === guide.en[role].steps, `${role}: the languages have other numbers of steps`);
	}
	return found;
}

/* ---- pages ---- */

const escaped = (s) => s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const within = (s) => escaped(s)
	.replace(/!\[([^\]]+)\]\(([^) ]+)[^)]*\)/g, '<a href="$2"><img src="$2" alt="$1"></a>')
	.replace(/\[([^\]]+)\]\(([^)]+?)(\.md)?\)/g, (_, text, to, md) => `<a href="${to}${md === undefined ? '' : '.html'}">${text}</a>`)
	.replace(/`([^`]+)`/g, '<code>$1</code>').replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>');
const row = (line, cell) => `<tr>${line.slice(1, -1).split('|').map((c) => `<${cell}>${within(c.trim())}</${cell}>`).join('')}</tr>`;
const kinds = [
	[/^(#{1,3}) (.+)/, (lines) => lines.map((l) => l.replace(/^(#+) (.+)/, (_, n, text) => `<h${n.length}>${within(text)}</h${n.length}>`)).join('\n')],
	[/^\|/, (lines) => `<table>${row(lines[0], 'th')}${lines.slice(2).map((l) => row(l, 'td')).join('')}</table>`],
	[/^\d+\. /, (lines) => `<ol>${lines.map((l) => `<li>${within(l.replace(/^\d+\. /, ''))}</li>`).join('\n')}</ol>`],
	[/^- /, (lines) => `<ul>${lines.map((l) => `<li>${within(l.slice(2))}</li>`).join('\n')}</ul>`],
	[/./, (lines) => `<p>${lines.map(within).join('\n')}</p>`],
];
export function html(text, title, language, menu) {
	const blocks = [];
	for (const line of text.split('\n')) {
		const kind = line === '' ? null : kinds.find(([form]) => form.test(line))[1];
		if (kind !== null && blocks.at(-1)?.kind === kind) blocks.at(-1).lines.push(line);
		else blocks.push({ kind, lines: [line] });
	}
	const body = blocks.filter((b) => b.kind !== null).map((b) => b.kind(b.lines)).join('\n');
	return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>
<style>:root{color-scheme:light dark}body{font:16px/1.7 system-ui,"Noto Sans CJK SC","WenQuanYi Micro Hei",sans-serif;max-width:60rem;margin:0 auto;padding:1rem}img{max-width:100%;max-height:80vh;border:1px solid #8886;border-radius:6px}nav{display:flex;flex-wrap:wrap;gap:.2rem 1rem}table{border-collapse:collapse}td,th{border:1px solid #8886;padding:.2rem .6rem;text-align:left}</style>
</head><body><nav>${menu}</nav>
${body}
</body></html>
`;
}
