import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '运营商席' }, { title: 'Operator desk' });
export default function Operator() {
	return <Page title={useTexts(texts).title}><DeskList kind="card" fields={[]} /></Page>;
}
