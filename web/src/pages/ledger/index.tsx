import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '台账与查阅审计' }, { title: 'Ledger and access' });
export default function Ledger() {
	return <Page title={useTexts(texts).title}><DeskList kind="measure" fields={[]} /></Page>;
}
