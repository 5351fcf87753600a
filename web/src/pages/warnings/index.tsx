import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '预警' }, { title: 'Warnings' });
export default function Warnings() {
	return <Page title={useTexts(texts).title}><DeskList kind="warning" fields={['type', 'scam', 'rule']} /></Page>;
}
