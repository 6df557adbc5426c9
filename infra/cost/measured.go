package cost

import (
	"fmt"
	"strings"
)

// writeMeasured shows what one of each takes, as it was counted.
func writeMeasured(b *strings.Builder, m Measured) {
	if m.Commit == "" {
		return
	}
	b.WriteString("## What each takes\n\n| |")
	columns := []Usage{}
	for _, s := range m.Syncs {
		fmt.Fprintf(b, " a sync of %s people |", thousands(s.People))
		columns = append(columns, s.Usage)
	}
	b.WriteString(" a grant | a minute of rest |\n|---|" + strings.Repeat("---:|", len(columns)+2) + "\n")
	columns = append(columns, m.Grant, m.Minute)
	for i, name := range fieldNames {
		fmt.Fprintf(b, "| %s |", name)
		for _, u := range columns {
			v := *u.fields()[i]
			if v == nil {
				b.WriteString(" unmeasured |")
				continue
			}
			fmt.Fprintf(b, " %s |", thousands(int(*v)))
		}
		b.WriteString("\n")
	}
	b.WriteString(notes)
}

// fieldNames are the fields of a usage for people, in their order.
var fieldNames = []string{
	"DynamoDB read units", "DynamoDB write units", "Lambda calls", "Lambda time, MB-milliseconds", "state transitions", "Scheduler calls",
	"HTTP API calls", "Secrets Manager calls", "S3 puts and lists", "bytes of logs", "Slack calls",
}

// notes say what the figures rest on.
const notes = `
- Companies have a user group for 25 people, and 50 channels. A sync finds nothing changed, which is what almost every sync finds. A grant goes from the request over the approver's look and one approval to seen
  gone, with every function started for it; its Lambda time holds the 75 s that sweep waits, at most, inside a call for the end: by far the most of it.
- Lambda's time was taken on a shared machine against local engines, and is the one figure that AWS will not repeat. Of logs, Lambda's own lines (700
  bytes a call) are taken from its documentation. DynamoDB Local counts two units for any transaction: units of transactions are counted from what they hold.
- People who only look (ebb grants, pages) are not counted: an API call takes some ten reads.

`
