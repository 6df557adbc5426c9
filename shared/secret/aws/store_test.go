package secretaws_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/ebb-access/ebb/shared/awsfault/awstest"
	"github.com/ebb-access/ebb/shared/fault"
	"github.com/ebb-access/ebb/shared/porttest"
	"github.com/ebb-access/ebb/shared/secret"
	secretaws "github.com/ebb-access/ebb/shared/secret/aws"
)

func open(t testing.TB, trip http.RoundTripper) *secretaws.Store {
	t.Helper()
	client := secretsmanager.NewFromConfig(awstest.Config(t, awstest.Others, trip))
	return secretaws.Quick(secretaws.Open(client, secretaws.Options{}))
}

func TestSecrets(t *testing.T) {
	awstest.Config(t, awstest.Others, nil)
	porttest.Secrets(t, func(t *testing.T) secret.Store { return open(t, nil) })
}

// troubles are what may happen to any call and is over at the third try.
var troubles = []awstest.Mishap{
	awstest.Throttle, awstest.Break, awstest.BreakDone, awstest.Gateway, awstest.Lose, awstest.LoseDone, awstest.CutShort, awstest.Unreachable,
}

// TestSecretsInTrouble: the contract holds on a connection where every fifth
// call goes wrong.
func TestSecretsInTrouble(t *testing.T) {
	awstest.Config(t, awstest.Others, nil)
	porttest.Secrets(t, func(t *testing.T) secret.Store {
		return open(t, &awstest.Trouble{Next: awstest.Random(0.2, troubles...)})
	})
}

// raw is Secrets Manager itself, and a name of a test's own.
func raw(t *testing.T) (client *secretsmanager.Client, name string) {
	t.Helper()
	name = "test/" + strings.ToLower(rand.Text())
	client = secretsmanager.NewFromConfig(awstest.Config(t, awstest.Others, nil))
	t.Cleanup(func() {
		_, err := client.DeleteSecret(context.WithoutCancel(t.Context()), &secretsmanager.DeleteSecretInput{
			SecretId: aws.String("ebb/" + name), ForceDeleteWithoutRecovery: aws.Bool(true),
		})
		if err != nil {
			t.Error(err)
		}
	})
	return client, name
}

// TestMadeWithoutValue: what the stack or a person made without a value is as
// good as missing, and one made as text can be read.
func TestMadeWithoutValue(t *testing.T) {
	client, name := raw(t)
	if _, err := client.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: aws.String("ebb/" + name)}); err != nil {
		t.Fatal(err)
	}
	s := open(t, nil)
	if _, _, err := s.Get(t.Context(), name); !fault.Is(err, fault.NotFound) {
		t.Errorf("get: %v, want not found", err)
	}
	if _, err := s.Swap(t.Context(), name, []byte("one"), ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Swap(t.Context(), name, []byte("two"), ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second creation: %v, want conflict", err)
	}
	_, err := client.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: aws.String("ebb/" + name), SecretString: aws.String("by hand")})
	if err != nil {
		t.Fatal(err)
	}
	if got, _, err := s.Get(t.Context(), name); string(got) != "by hand" || err != nil {
		t.Errorf("get gave %q, error %v", got, err)
	}
}

// TestRecoverable: what Delete took away can be brought back by a person, and
// is not there for Ebb meanwhile, nor when only the schedule was undone.
func TestRecoverable(t *testing.T) {
	client, name := raw(t)
	s := open(t, nil)
	version, err := s.Swap(t.Context(), name, []byte("token"), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	id := aws.String("ebb/" + name)
	if _, err := client.RestoreSecret(t.Context(), &secretsmanager.RestoreSecretInput{SecretId: id}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Get(t.Context(), name); !fault.Is(err, fault.NotFound) {
		t.Errorf("get of a tombstone: %v, want not found", err)
	}
	now, err := client.GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: id, VersionStage: aws.String("AWSCURRENT")})
	if err != nil || !strings.HasPrefix(*now.VersionId, "deleted-") {
		t.Fatalf("no tombstone: %v", err)
	}
	_, err = client.UpdateSecretVersionStage(t.Context(), &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: id, VersionStage: aws.String("AWSCURRENT"), RemoveFromVersionId: now.VersionId, MoveToVersionId: &version,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, at, err := s.Get(t.Context(), name); string(got) != "token" || at != version || err != nil {
		t.Errorf("brought back %q at %q, error %v", got, at, err)
	}
}

// TestOutcomes: what the answer says when a call never gets through.
func TestOutcomes(t *testing.T) {
	for what, c := range map[string]struct {
		mishap awstest.Mishap
		action string // the one that goes wrong
		kind   fault.Kind
		done   bool
	}{
		"lost":           {awstest.Lose, "UpdateSecretVersionStage", fault.Unclear, false},
		"lost, done":     {awstest.LoseDone, "UpdateSecretVersionStage", "", true},
		"500, done":      {awstest.BreakDone, "UpdateSecretVersionStage", "", true},
		"throttled":      {awstest.Throttle, "UpdateSecretVersionStage", fault.Backoff, false},
		"not yet public": {awstest.LoseDone, "PutSecretValue", fault.Backoff, false},
		"unreachable":    {awstest.Unreachable, "PutSecretValue", fault.Backoff, false},
		"no right":       {awstest.Coded(400, "AccessDeniedException"), "PutSecretValue", fault.Misconfigured, false},
		"key disabled":   {awstest.Coded(400, "EncryptionFailure"), "PutSecretValue", fault.Misconfigured, false},
	} {
		_, name := raw(t)
		plain := open(t, nil)
		version, err := plain.Swap(t.Context(), name, []byte("old CANARY"), "")
		if err != nil {
			t.Fatal(err)
		}
		rough := open(t, &awstest.Trouble{Next: func(r *http.Request, _ []byte) awstest.Mishap {
			if strings.HasSuffix(r.Header.Get("X-Amz-Target"), "."+c.action) {
				return c.mishap
			}
			return nil
		}})
		_, err = rough.Swap(t.Context(), name, []byte("new CANARY"), version)
		if fault.KindOf(err) != c.kind || strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), "CANARY") {
			t.Errorf("%s: %v, want %q and no value", what, err, c.kind)
		}
		got, _, err := plain.Get(t.Context(), name)
		if done := string(got) == "new CANARY"; done != c.done || err != nil {
			t.Errorf("%s: the value is %q, error %v", what, got, err)
		}
	}
}
