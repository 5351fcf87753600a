// words.tsx - modes and acts of policies in words, and who may write.
import { both, useTexts } from '../../i18n';
import { useSession } from '../../session';
import type { Entity } from '../../api/types';
import { EntityName } from '../../ui/show';
import type { Mode, ProposalState } from './types';

export const words = both({
	mode: { live: '生效', shadow: '试运行', off: '停用' } as Record<Mode, string>,
	act: { policy: '修改策略', 'policy-rollback': '回退', 'rule-mode': '切换规则状态' } as Record<string, string>, first: '初始策略',
	state: { waiting: '待审批', stale: '已过期', approved: '正在生效', failed: '生效失败', 'in-force': '已生效', refused: '已驳回', withdrawn: '已撤回' } as Record<ProposalState, string>, hidden: '不可见',
}, {
	mode: { live: 'live', shadow: 'shadow', off: 'off' } as Record<Mode, string>,
	act: { policy: 'Changed', 'policy-rollback': 'Rolled back', 'rule-mode': 'Mode of a rule' } as Record<string, string>, first: 'First policy',
	state: { waiting: 'waiting', stale: 'stale', approved: 'taking effect', failed: 'failed', 'in-force': 'in force', refused: 'refused', withdrawn: 'withdrawn' } as Record<ProposalState, string>, hidden: 'hidden',
});
export function ModeTag({ mode }: { mode: Mode }) {
	return <span className="mode" data-mode={mode}>{useTexts(words).mode[mode]}</span>;
}
export function About({ of }: { of: Entity | { hidden: true } }) {
	const t = useTexts(words);
	return 'hidden' in of ? <span className="faint">{t.hidden}</span> : <EntityName entity={of} />;
}
/** Auditors only read, and checking a draft is more than that; the service decides. */
export const useWriter = (): boolean => useSession().role('analyst', 'leader', 'city-leader', 'admin');
