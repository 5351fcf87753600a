// The operator's seat: cards to verify within the time of the notice, sleeping cards and cards of things, the opening check, devices reported to the police, and what the desk tells.
import { useParams } from 'wouter';
import { DeskList } from '../../desk/list';
import { Messages } from '../../desk/messages';
import { OpeningCheck } from '../../desk/opening';
import { Verify } from '../../desk/verify';
import { both, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { Page } from '../../ui/page';
import { Parts } from '../../ui/tabs';

const texts = both({ title: '运营商席', cards: '电话卡核验', opening: '开卡核查', devices: '涉诈设备', messages: '消息' }, { title: 'Operator desk', cards: 'Cards', opening: 'Opening check', devices: 'Devices', messages: 'Messages' });
export default function Operator() {
	const t = useTexts(texts);
	const { tab } = useParams<{ tab?: string }>();
	const { role } = useSession();
	return (
		<Page title={t.title}>
			<Parts at="/operator" part={tab} parts={[
				{ key: 'cards', label: t.cards, content: <Verify kind="card" /> },
				{ key: 'opening', label: t.opening, content: <OpeningCheck kind="card" /> },
				...(role('operator-desk', 'leader') ? [{ key: 'devices', label: t.devices, content: <DeskList kind="device-report" fields={['what', 'cards', 'cell']} filter={{ open: false }} /> }] : []),
				{ key: 'messages', label: t.messages, content: <Messages /> },
			]} />
		</Page>
	);
}
