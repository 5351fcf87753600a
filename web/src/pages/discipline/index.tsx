import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '联合惩戒' }, { title: 'Discipline' });
export default function Discipline() {
	return <Page title={useTexts(texts).title}><DeskList kind="discipline" fields={[]} /></Page>;
}
