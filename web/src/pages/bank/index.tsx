import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '银行席' }, { title: 'Bank desk' });
export default function Bank() {
	return <Page title={useTexts(texts).title}><DeskList kind="account" fields={[]} /></Page>;
}
