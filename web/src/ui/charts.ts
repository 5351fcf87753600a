// charts.ts - the parts of ECharts that the console uses, and nothing else of it.
import { BarChart, FunnelChart, GaugeChart, HeatmapChart, LineChart, MapChart, PieChart, ScatterChart } from 'echarts/charts';
import { DatasetComponent, DataZoomComponent, GeoComponent, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

echarts.use([BarChart, FunnelChart, GaugeChart, HeatmapChart, LineChart, MapChart, PieChart, ScatterChart, DatasetComponent, DataZoomComponent, GeoComponent, GridComponent, LegendComponent, MarkLineComponent,
	TitleComponent, TooltipComponent, VisualMapComponent, CanvasRenderer]);
export { echarts };
