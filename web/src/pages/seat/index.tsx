import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '劝阻席' }, { title: 'Dissuasion seat' });
export default function Seat() {
	return <Page title={useTexts(texts).title}><DeskList kind="warning" fields={['type', 'scam']} /></Page>;
}
