import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '止付与冻结' }, { title: 'Stops and freezes' });
export default function Stops() {
	return <Page title={useTexts(texts).title}><DeskList kind="stop" fields={['amount']} /></Page>;
}
