// order.tsx - the stop order of a report as it goes: drafted, sent, at the bank, in force, or refused; told by the stream.
import { Alert, Steps } from 'antd';
import { useObject, Steps as Acts } from '../../desk/object';
import { useTexts } from '../../i18n';
import { StateTag } from '../../ui/show';
import { Asked } from '../../ui/states';
import { Left } from '../stops/countdown';
import { Word } from '../stops/receipt';
import { texts as stopTexts } from '../stops/texts';
import { texts } from './texts';
import '../stops/stops.css';

const AT: Record<string, number> = { draft: 1, sent: 2, landed: 3, stopped: 4 };
export default function OrderLive({ id }: { id: string }) {
	const t = useTexts(texts);
	const s = useTexts(stopTexts);
	const of = useObject(id);
	return (
		<Asked of={of}>{(o) => {
			const bad = ['mismatch', 'not-found', 'failed'].includes(o.state.name);
			return (
				<div className="stack" data-order={o.id} data-state={o.state.name}>
					<div className="row"><span className="mono">{o.id}</span><StateTag state={o.state} /><Left order={o} />{o.fields.result !== undefined && <Word order={o} />}</div>
					<Steps size="small" orientation="vertical" current={bad ? 3 : AT[o.state.name] ?? 4} status={bad ? 'error' : 'process'} items={t.steps.map((title) => ({ title }))} />
					{o.state.name === 'mismatch' && <Alert type="error" title={s.mismatch} />}
					{o.state.name === 'not-found' && <Alert type="error" title={s['not-found']} />}
					{o.state.name === 'failed' && <Alert type="error" title={s.failedWhy} />}
					{(o.steps ?? []).length > 0 && <Acts object={o} />}
				</div>
			);
		}}</Asked>
	);
}
