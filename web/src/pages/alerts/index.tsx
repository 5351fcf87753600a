import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '警报' }, { title: 'Alerts' });
export default function Alerts() {
	return <Page title={useTexts(texts).title}><DeskList kind="warning" fields={['type']} /></Page>;
}
