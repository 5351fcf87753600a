import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '素材与发布' }, { title: 'Content' });
export default function Content() {
	return <Page title={useTexts(texts).title}><DeskList kind="material" fields={[]} /></Page>;
}
