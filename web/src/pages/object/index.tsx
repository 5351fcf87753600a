import { useParams } from 'wouter';
import { ObjectById } from '../../desk/object';
import { Page, Panel } from '../../ui/page';

export default function ObjectPage() {
	const { id } = useParams<{ id: string }>();
	return <Page title={id}><Panel><ObjectById key={id} id={id} /></Panel></Page>;
}
