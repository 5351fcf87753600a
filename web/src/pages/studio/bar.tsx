// bar.tsx - what stands above editor and form: which file, what was changed, and the way to somebody who approves it.
import { Alert, App, Button, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { Link } from 'wouter';
import { both, useTexts } from '../../i18n';
import { FilesDiff } from '../../ui/diff';
import { changedFiles, type Drafting } from './data';
import { Propose, type Asking } from './propose';

const texts = both({
	file: '文件', newFile: '新建文件', name: '文件名，以 .dk 结尾；名单文件以 .csv 结尾', make: '新建', cancel: '取消', changed: (n: number) => `已修改 ${n} 个文件`, same: '与现行策略相同', diff: '查看差异', drop: '放弃修改', sure: '放弃全部未提交的修改？', propose: '提交审批', what: '修改策略文本',
	moved: '编辑期间现行策略已变更。下面的修改基于旧版本，提交前请核对与现行策略的差异。', backtest: '回测草稿', remove: '删除文件', exists: '已有同名文件', form: '表单', text: '文本', close: '关闭',
}, {
	file: 'File', newFile: 'New file', name: 'Name, ending in .dk, or .csv for a list', make: 'Make', cancel: 'Cancel', changed: (n: number) => `${n} ${n === 1 ? 'file' : 'files'} changed`, same: 'As in force', diff: 'Differences', drop: 'Discard', sure: 'Discard all that was not proposed?', propose: 'Propose', what: 'Texts of the policy change',
	moved: 'The policy in force has changed meanwhile. What you write began with an older one: look at the differences before you propose it.', backtest: 'Backtest it', remove: 'Delete file', exists: 'There is one of that name', form: 'Form', text: 'Text', close: 'Close',
});

function NewFile({ open, onClose, drafting }: { open: boolean; onClose: () => void; drafting: Drafting }) {
	const t = useTexts(texts);
	const [name, set] = useState('');
	const path = name.trim(), taken = drafting.draft.files.some((f) => f.path === path), fit = /^[^:]{1,250}\.(dk|csv)$/.test(path) && !path.startsWith('/') && !path.includes('..');
	return (
		<Modal open={open} title={t.newFile} okText={t.make} cancelText={t.cancel} onCancel={onClose} destroyOnHidden okButtonProps={{ disabled: taken || !fit }} onOk={() => { drafting.write(path, path.endsWith('.csv') ? 'value,until,note\n' : '# \n'); drafting.place(path, 1); set(''); onClose(); }}>
			<label>{t.name}<Input className="mono" autoFocus value={name} onChange={(e) => set(e.target.value)} status={taken ? 'error' : undefined} /></label>
			{taken && <p role="alert">{t.exists}</p>}
		</Modal>
	);
}
export function Bar({ drafting, ready, inForce, other }: { drafting: Drafting; ready: boolean; inForce: { position: number; files: { path: string; text: string }[] }; other: 'form' | 'editor' }) {
	const t = useTexts(texts);
	const { draft } = drafting;
	const { modal } = App.useApp();
	const [ask, setAsk] = useState<Asking | null>(null);
	const [fresh, setFresh] = useState(false);
	const [compared, compare] = useState(false);
	const changed = changedFiles(draft);
	return (
		<div className="stack">
			{changed.length > 0 && draft.base.position !== inForce.position && <Alert type="warning" title={t.moved} />}
			<div className="row">
				<Select aria-label={t.file} style={{ minWidth: 190, flex: '0 1 260px' }} value={draft.path} onChange={(p) => drafting.place(p, 1)} options={draft.files.map((f) => ({ value: f.path, label: changed.includes(f.path) ? `● ${f.path}` : f.path }))} />
				<Button onClick={() => setFresh(true)}>{t.newFile}</Button>
				{!draft.base.files.some((f) => f.path === draft.path) && <Button onClick={() => drafting.remove(draft.path)}>{t.remove}</Button>}
				<Link href={`/studio/${other}`} asChild><Button href={`#/studio/${other}`}>{other === 'form' ? t.form : t.text}</Button></Link>
				<span className="grow faint" role="status" data-changed={changed.length}>{changed.length === 0 ? t.same : t.changed(changed.length)}</span>
				{changed.length > 0 && (
					<>
						<Button onClick={() => compare(true)}>{t.diff}</Button>
						<Button onClick={() => void modal.confirm({ title: t.sure, okText: t.drop, cancelText: t.cancel, onOk: () => drafting.reset() })}>{t.drop}</Button>
						<Link href="/studio/backtest" asChild><Button href="#/studio/backtest">{t.backtest}</Button></Link>
						<Button type="primary" disabled={!ready} data-do="propose" onClick={() => setAsk({ change: { files: draft.files }, what: t.what, old: inForce.files, now: draft.files })}>{t.propose}</Button>
					</>
				)}
			</div>
			<NewFile open={fresh} onClose={() => setFresh(false)} drafting={drafting} />
			<Modal open={compared} title={t.diff} width={960} onCancel={() => compare(false)} footer={null} destroyOnHidden><FilesDiff old={inForce.files} now={draft.files} /></Modal>
			<Propose ask={ask} onClose={() => setAsk(null)} />
		</div>
	);
}
