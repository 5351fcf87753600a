import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '申诉' }, { title: 'Appeals' });
export default function Appeals() {
	return <Page title={useTexts(texts).title}><DeskList kind="appeal" fields={[]} /></Page>;
}
