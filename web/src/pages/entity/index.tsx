import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '实体查询' }, { title: 'Entities' });
export default function Entity() {
	return <Page title={useTexts(texts).title}><DeskList kind="warning" fields={[]} /></Page>;
}
