package steps

import (
	"encoding/json"
	"io"
	"time"

	"github.com/ebb-access/ebb/shared/config/names"
	"github.com/ebb-access/ebb/shared/flow"
)

// emit writes one line of CloudWatch's Embedded Metric Format, from which
// CloudWatch makes metrics without a call.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
func emit(out io.Writer, house string, now time.Time, p flow.Pulse) error {
	type metric struct {
		Name string
		Unit string
	}
	type directive struct {
		Namespace  string
		Dimensions [][]string
		Metrics    []metric
	}
	line := map[string]any{
		"_aws": map[string]any{
			"Timestamp": now.UnixMilli(),
			"CloudWatchMetrics": []directive{{
				Namespace: names.MetricSpace, Dimensions: [][]string{{names.MetricHouse}},
				Metrics: []metric{
					{names.MetricDueLag, "Seconds"},
					{names.MetricNeedsAttention, "Count"},
					{names.MetricNeedsAttentionAge, "Seconds"},
					{names.MetricReviewLag, "Seconds"},
				},
			}},
		},
		names.MetricHouse:             house,
		names.MetricDueLag:            p.Lag.Seconds(),
		names.MetricNeedsAttention:    p.Attention,
		names.MetricNeedsAttentionAge: p.Longest.Seconds(),
		names.MetricReviewLag:         p.Reviews.Seconds(),
	}
	raw, err := json.Marshal(line)
	if err != nil {
		return err
	}
	_, err = out.Write(append(raw, '\n'))
	return err
}
