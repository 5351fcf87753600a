import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '策略工作室' }, { title: 'Policy studio' });
export default function Studio() {
	return <Page title={useTexts(texts).title}><DeskList kind="limit" fields={[]} /></Page>;
}
