import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '宣传活动' }, { title: 'Campaigns' });
export default function Campaigns() {
	return <Page title={useTexts(texts).title}><DeskList kind="campaign" fields={['audience']} /></Page>;
}
