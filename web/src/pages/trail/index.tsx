import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '资金链' }, { title: 'Money trail' });
export default function Trail() {
	return <Page title={useTexts(texts).title}><DeskList kind="stop" fields={[]} /></Page>;
}
