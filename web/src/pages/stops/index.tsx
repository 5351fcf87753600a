// Stops and freezes: what runs out first, what the banks answered, and what may be done before it ends.
import { useParams } from 'wouter';
import { useTexts } from '../../i18n';
import { Page } from '../../ui/page';
import { Parts } from '../../ui/tabs';
import { Orders } from './orders';
import { texts } from './texts';
import './stops.css';

export default function Stops() {
	const t = useTexts(texts);
	const { tab } = useParams<{ tab?: string }>();
	return <Page title={t.title}><Parts at="/stops" part={tab} parts={[{ key: 'stop', label: t.stops, content: <Orders kind="stop" /> }, { key: 'freeze', label: t.freezes, content: <Orders kind="freeze" /> }]} /></Page>;
}
