import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '指挥大屏' }, { title: 'Situation wall' });
export default function Wall() {
	return <Page title={useTexts(texts).title}><DeskList kind="warning" fields={['type']} /></Page>;
}
