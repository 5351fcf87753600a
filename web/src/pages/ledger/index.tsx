// The ledger of measures, everything that was done about a person, who saw whose data, and whether the journal is whole: what auditors, leaders and discipline officers look at.
import { useParams } from 'wouter';
import { both, useTexts } from '../../i18n';
import { useSession } from '../../session';
import { Page } from '../../ui/page';
import { Parts } from '../../ui/tabs';
import { Access } from './access';
import { Chain } from './chain';
import { Measures } from './measures';
import { Person } from './person';

const texts = both({ title: '台账与查阅审计', measures: '处置台账', person: '当事人审计', access: '查阅审计', chain: '日志完整性' }, { title: 'Ledger and access', measures: 'Measures', person: 'About a person', access: 'Who saw what', chain: 'The journal is whole' });

export default function Ledger() {
	const t = useTexts(texts);
	const { role } = useSession();
	const { tab, kind, token } = useParams<{ tab?: string; kind?: string; token?: string }>();
	const audits = role('auditor', 'leader', 'city-leader');
	return (
		<Page title={t.title}>
			<Parts at="/ledger" part={kind === undefined ? tab : 'person'} parts={[
				{ key: 'measures', label: t.measures, content: <Measures /> },
				...(audits || role('discipline') ? [{ key: 'person', label: t.person, content: <Person key={`${kind}/${token}`} kind={kind} token={token} /> }] : []),
				...(audits ? [{ key: 'access', label: t.access, content: <Access /> }, { key: 'chain', label: t.chain, content: <Chain /> }] : []),
			]} />
		</Page>
	);
}
