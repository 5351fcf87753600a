import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '网点' }, { title: 'Outlets' });
export default function Outlets() {
	return <Page title={useTexts(texts).title}><DeskList kind="outlet" fields={['name', 'code']} /></Page>;
}
