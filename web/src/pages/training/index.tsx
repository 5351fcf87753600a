import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '培训' }, { title: 'Training' });
export default function Training() {
	return <Page title={useTexts(texts).title}><DeskList kind="course" fields={[]} /></Page>;
}
