import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '管理' }, { title: 'Administration' });
export default function Admin() {
	return <Page title={useTexts(texts).title}><DeskList kind="user" fields={[]} /></Page>;
}
