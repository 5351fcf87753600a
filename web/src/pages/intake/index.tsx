import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '接警席' }, { title: 'Intake seat' });
export default function Intake() {
	return <Page title={useTexts(texts).title}><DeskList kind="incident" fields={['scam', 'amount']} /></Page>;
}
