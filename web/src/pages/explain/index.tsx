import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '解释' }, { title: 'Explanation' });
export default function Explain() {
	return <Page title={useTexts(texts).title}><DeskList kind="warning" fields={[]} /></Page>;
}
