import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '派出所' }, { title: 'Station' });
export default function Station() {
	return <Page title={useTexts(texts).title}><DeskList kind="warning" fields={['type']} /></Page>;
}
