// Administration: people and keys, organisations and the lines to them, messages that could not be delivered, how the service is, records that could not be taken, jobs, limits.
import { useParams } from 'wouter';
import { both, useTexts } from '../../i18n';
import { Page } from '../../ui/page';
import { Parts } from '../../ui/tabs';
import { Jobs } from './jobs';
import { Keys } from './keys';
import { Limits } from './limits';
import { Messages } from './messages';
import { Connectors, Organisations } from './organisations';
import { Quarantine } from './quarantine';
import { Health } from './health';
import { Users } from './users';

const texts = both({ title: '管理', users: '用户', organisations: '单位', keys: '接口密钥', connectors: '对接通道', messages: '消息与死信', health: '运行状态', quarantine: '隔离区', jobs: '任务', limits: '限值' },
	{ title: 'Administration', users: 'Users', organisations: 'Organisations', keys: 'Keys', connectors: 'Connectors', messages: 'Messages', health: 'Health', quarantine: 'Quarantine', jobs: 'Jobs', limits: 'Limits' });

export default function Admin() {
	const t = useTexts(texts);
	const { tab } = useParams<{ tab?: string }>();
	return (
		<Page title={t.title}>
			<Parts at="/admin" part={tab} parts={[
				{ key: 'users', label: t.users, content: <Users /> }, { key: 'organisations', label: t.organisations, content: <Organisations /> }, { key: 'keys', label: t.keys, content: <Keys /> },
				{ key: 'connectors', label: t.connectors, content: <Connectors /> }, { key: 'messages', label: t.messages, content: <Messages /> }, { key: 'health', label: t.health, content: <Health /> },
				{ key: 'quarantine', label: t.quarantine, content: <Quarantine /> }, { key: 'jobs', label: t.jobs, content: <Jobs /> }, { key: 'limits', label: t.limits, content: <Limits /> },
			]} />
		</Page>
	);
}
