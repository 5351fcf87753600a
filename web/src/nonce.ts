// nonce.ts - style elements of this page's own scripts carry its nonce. The components take theirs from ConfigProvider, but what holds the page still under a dialog and what measures scroll bars
// makes style elements without asking; the policy of content would refuse them, and the page would move under each dialog. Only the service's own scripts run here, so nobody else gains a nonce.
const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? '';
const create = document.createElement.bind(document) as (name: string, options?: ElementCreationOptions) => HTMLElement;
document.createElement = ((name: string, options?: ElementCreationOptions): HTMLElement => {
	const made = create(name, options);
	if (made instanceof HTMLStyleElement) made.nonce = nonce;
	return made;
}) as typeof document.createElement;

export { nonce };
