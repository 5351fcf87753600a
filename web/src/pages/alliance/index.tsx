import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '联盟' }, { title: 'Alliance' });
export default function Alliance() {
	return <Page title={useTexts(texts).title}><DeskList kind="matter" fields={[]} /></Page>;
}
