import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '统计与月报' }, { title: 'Figures and report' });
export default function Report() {
	return <Page title={useTexts(texts).title}><DeskList kind="assessment" fields={[]} /></Page>;
}
