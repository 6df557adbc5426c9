package ses_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"

	"github.com/ebb-access/ebb/shared/awsfault/awstest"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/mail/ses"
	"github.com/ebb-access/ebb/shared/message"
	"github.com/ebb-access/ebb/shared/porttest"
)

const from = "ebb@example.com"

// TestMail runs over moto, whose memory of mails is asked over HTTP.
func TestMail(t *testing.T) {
	client := sesv2.NewFromConfig(awstest.Config(t, awstest.Others, nil))
	if _, err := client.CreateEmailIdentity(t.Context(), &sesv2.CreateEmailIdentityInput{EmailIdentity: aws.String(from)}); err != nil && !strings.Contains(err.Error(), "AlreadyExists") {
		t.Fatal(err)
	}
	porttest.Mail(t, func(*testing.T) porttest.Outbox {
		return porttest.Outbox{Sender: ses.Open(client, from, ""), Sent: sent}
	})
}

func sent(t *testing.T, to string) (out []message.Mail) {
	t.Helper()
	resp, err := http.Get(os.Getenv(awstest.Others) + "/moto-api/data.json")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var data struct {
		Ses map[string][]struct {
			Subject, Body string
			Destinations  json.RawMessage
		} `json:"ses"`
	}
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &data); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	for _, m := range data.Ses["Message"] {
		if strings.Contains(string(m.Destinations), to) {
			out = append(out, message.Mail{To: to, Subject: m.Subject, Text: m.Body})
		}
	}
	return out
}

// answering is SES with one answer, and what it was asked.
type answering struct {
	status int
	code   string
	asked  []string
}

func (a *answering) RoundTrip(r *http.Request) (*http.Response, error) {
	body, _ := io.ReadAll(r.Body)
	a.asked = append(a.asked, r.URL.Path+" "+string(body))
	if a.status == 0 {
		return nil, io.ErrUnexpectedEOF // it was sent, and the answer is lost
	}
	h := http.Header{"Content-Type": {"application/json"}, "X-Amzn-Errortype": {a.code}}
	return &http.Response{StatusCode: a.status, Header: h, Body: io.NopCloser(strings.NewReader(`{"message":"no","MessageId":"1"}`)), Request: r}, nil
}

func sender(a *answering) *ses.Sender {
	return ses.Open(sesv2.New(sesv2.Options{
		Region: awstest.Region, Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""), HTTPClient: &http.Client{Transport: a},
	}), from, "ebb")
}

var mail = message.Mail{Key: "owner/con_1/u_1", To: "lin@example.com", Subject: "You own Umbra", Text: "x"}

// What SES answers, and how often it is asked: never again where a mail may be out.
func TestAnswers(t *testing.T) {
	for _, x := range []struct {
		status int
		code   string
		kind   fault.Kind
		calls  int
	}{
		{200, "", "", 1},
		{400, "MessageRejected", fault.Permanent, 1},
		{400, "BadRequestException", fault.Permanent, 1},
		{400, "MailFromDomainNotVerifiedException", fault.Misconfigured, 1},
		{400, "AccountSuspendedException", fault.Misconfigured, 1},
		{404, "NotFoundException", fault.Misconfigured, 1},
		{403, "AccessDeniedException", fault.Misconfigured, 1},
		{429, "TooManyRequestsException", fault.Backoff, 5},
		{500, "InternalServiceErrorException", fault.Unclear, 1},
		{0, "", fault.Unclear, 1},
	} {
		a := &answering{status: x.status, code: x.code}
		err := sender(a).Send(t.Context(), mail)
		if x.kind == "" && err != nil || x.kind != "" && !fault.Is(err, x.kind) || len(a.asked) != x.calls {
			t.Errorf("%d %s: %v, %d calls", x.status, x.code, err, len(a.asked))
		}
		if err != nil && strings.Contains(fmt.Sprint(err), mail.To) {
			t.Errorf("the error names the reader: %v", err)
		}
	}
	a := &answering{status: 200}
	if err := sender(a).Send(t.Context(), mail); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"/v2/email/outbound-emails", `"ConfigurationSetName":"ebb"`, `"FromEmailAddress":"` + from + `"`, `"ToAddresses":["lin@example.com"]`} {
		if !strings.Contains(a.asked[0], want) {
			t.Errorf("%s has no %s", a.asked[0], want)
		}
	}
}
