import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '网点屏幕' }, { title: 'Screens' });
export default function Screens() {
	return <Page title={useTexts(texts).title}><DeskList kind="screen" fields={[]} /></Page>;
}
