package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ebb-access/ebb/shared/config/names"
)

// alarmed gives the properties of the alarms by logical name without its hash.
func alarmed(p template) map[string]object {
	out := map[string]object{}
	for _, id := range p.ids("CloudWatch::Alarm") {
		out[id[:len(id)-8]] = p.resources[id]["Properties"].(object)
	}
	return out
}

func withMail(t *testing.T) template {
	return templateOf(stackOf(t, map[string]string{"mailFrom": "ebb@example.com", "alarmMail": "ops@example.com"}))
}

// Every alarm sends its reader to a page that is there and says both things,
// and no page is left without an alarm.
func TestEveryAlarmHasItsPage(t *testing.T) {
	linked := map[string]bool{}
	for id, a := range alarmed(withMail(t)) {
		_, page, found := strings.Cut(text(a["AlarmDescription"]), pages)
		if !found {
			t.Errorf("%s links no page: %v", id, a["AlarmDescription"])
			continue
		}
		linked[page] = true
		raw, err := os.ReadFile(filepath.Join("alarms", page))
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		for _, heading := range []string{"\n## What it means\n", "\n## What to do\n"} {
			if !strings.Contains(string(raw), heading) {
				t.Errorf("alarms/%s lacks %q", page, strings.TrimSpace(heading))
			}
		}
		if len(list(a["AlarmActions"])) != 1 {
			t.Errorf("%s tells nobody", id)
		}
	}
	files, err := filepath.Glob("alarms/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !linked[filepath.Base(f)] {
			t.Errorf("no alarm links %s", f)
		}
	}
}

// Silence of what reports is an alarm, silence of what is rare is not.
func TestSilence(t *testing.T) {
	for id, a := range alarmed(withMail(t)) {
		want := "notBreaching"
		if id == "SweepNotRunning" || id == "DueLag" {
			want = "breaching"
		}
		if a["TreatMissingData"] != want {
			t.Errorf("%s: missing data are %v", id, a["TreatMissingData"])
		}
	}
}

func TestAlarmsOfTheHouse(t *testing.T) {
	all := alarmed(parts())
	for id, metric := range map[string]string{"DueLag": names.MetricDueLag, "NeedsAttention": names.MetricNeedsAttentionAge, "ReviewLag": names.MetricReviewLag} {
		expect(t, id, all[id], map[string]any{
			"Namespace": names.MetricSpace, "MetricName": metric, "Dimensions.0.Name": names.MetricHouse, "Period": 60.0,
		})
	}
	for _, f := range Functions {
		for _, suffix := range []string{"Errors", "Throttles"} {
			if all[title(f.Name)+suffix] == nil {
				t.Errorf("no alarm for %s of %s", suffix, f.Name)
			}
		}
		if (all[title(f.Name)+"LostCalls"] != nil) != (f.Trigger == Scheduled || f.Trigger == Streamed) {
			t.Errorf("lost calls of %s", f.Name)
		}
	}
	for _, id := range []string{"SweepNotRunning", "LeaseFailed", "TableThrottled", "ApiFaults"} {
		if all[id] == nil {
			t.Errorf("no alarm %s", id)
		}
	}
	if all["MailBounces"] != nil {
		t.Error("there is an alarm of mail that is not sent")
	}
}

func TestMail(t *testing.T) {
	p := withMail(t)
	expect(t, "set", p.only(t, "SES::ConfigurationSet"), map[string]any{
		"DeliveryOptions.TlsPolicy": "REQUIRE", "ReputationOptions.ReputationMetricsEnabled": true,
	})
	expect(t, "sender", p.only(t, "SES::EmailIdentity"), map[string]any{"EmailIdentity": "ebb@example.com"})
	expect(t, "topic", p.only(t, "SNS::Subscription"), map[string]any{"Protocol": "email", "Endpoint": "ops@example.com"})
	if alarmed(p)["MailBounces"] == nil || alarmed(p)["MailComplaints"] == nil {
		t.Error("nobody hears of bounces")
	}
	known := templateOf(stackOf(t, map[string]string{"mailFrom": "ebb@example.com", "mailIdentity": "existing"}))
	if len(known.ids("SES::EmailIdentity")) != 0 {
		t.Error("a sender that SES knows is made again")
	}
	// Who tells people sends in the stack's name alone, and nobody else sends.
	var may []string
	for role, all := range statements(p) {
		for _, s := range all {
			if !strings.Contains(jsonOf(s["Action"]), "ses:") {
				continue
			}
			may = append(may, role)
			if jsonOf(s["Action"]) != `"ses:SendEmail"` || !strings.Contains(jsonOf(s["Condition"]), `"ses:FromAddress":"ebb@example.com"`) ||
				!strings.Contains(jsonOf(s["Resource"]), "identity/ebb@example.com") || strings.Contains(jsonOf(s["Resource"]), "*") {
				t.Errorf("%s may send too much: %s", role, jsonOf(s))
			}
		}
	}
	if len(may) != 2 {
		t.Errorf("mail may be sent by %v", may)
	}
	for role, all := range statements(templateOf(stackOf(t, nil))) {
		if strings.Contains(jsonOf(all), "ses:") {
			t.Errorf("%s may send mail, and there is no sender", role)
		}
	}
}
