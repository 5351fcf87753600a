import { DeskList } from '../../desk/list';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';

const texts = both({ title: '版块审核' }, { title: 'Board moderation' });
export default function Board() {
	return <Page title={useTexts(texts).title}><DeskList kind="topic" fields={['title']} /></Page>;
}
